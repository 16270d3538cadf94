"""The pages of the site, and the parts of them that the generator makes."""
