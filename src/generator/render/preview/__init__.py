"""The pages of the preview: a letter with its problems, and the coming weeks."""
