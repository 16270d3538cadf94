"""What an editor sees before anybody else: the letter, its problems, and the weeks ahead."""
