"""Rules of the trees: levels, positions, and how names sound. Plain values in and out."""
