"""`generate write`: the letters and thoughts in the browser of their editor, on this machine only."""
