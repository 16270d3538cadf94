"""The playbook as a book: one text (`text`), as the markup of Typst (`markup`) and as an EPUB (`epub`)."""
