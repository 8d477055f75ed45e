"""CodeConnections (once CodeStar Connections): connections to repositories, and the local stand-in for each."""
