"""The tagger: what a shop's columns lack, read from the product photo by a small network that learnt on renders."""
