"""FEEL, the expression language of DMN: its tree and its parser."""
