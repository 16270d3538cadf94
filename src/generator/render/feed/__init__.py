"""Letters as feeds: RSS, Atom and JSON Feed, and the list of them."""
