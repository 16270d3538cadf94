"""CSS as a screen applies it: what a style sheet declares, and what an element ends up with."""
