"""How fast: ratios in one run, with machine and load printed (`make bench`)."""
