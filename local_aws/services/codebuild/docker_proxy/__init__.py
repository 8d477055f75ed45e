"""The container engine as a privileged build has it: through a proxy, as if it were the build's own.

On AWS each build has an engine of its own, and its machine ends with it. Here all share this machine's, which is root:
https://docs.docker.com/engine/security/#docker-daemon-attack-surface
"""
