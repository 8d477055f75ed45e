"""Corrects what the engines get wrong about templates that AWS accepts: one function a reason."""
