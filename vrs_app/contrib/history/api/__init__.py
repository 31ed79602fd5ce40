"""What a shopper may like, over HTTP; a shop that wants it includes `urls` beside the core's."""
