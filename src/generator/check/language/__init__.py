"""What is known of Dutch and English texts: figures, sentences, phrases, and the words of links."""
