"""What the site shows beside what editors wrote."""
