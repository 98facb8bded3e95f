"""GoRules decision models (JDM) made DMN, where that is exact; the rest is named, all of it."""
