"""Checks of decision tables and models: what is proved or refuted before anything is decided."""
