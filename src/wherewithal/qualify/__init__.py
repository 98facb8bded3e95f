"""The decision core: facts to attributes, score, policy, power and offers; pure."""
