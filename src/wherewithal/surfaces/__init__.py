"""Where people and programs meet the product."""
