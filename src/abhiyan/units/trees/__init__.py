"""How trees are kept: positions from pointers, branches that shift, leaves that are counted. Used by the acts only."""
