"""Words of the business; imports nothing but other words."""
