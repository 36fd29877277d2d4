"""Application rounds, plan items and policy rows (unified planning)."""
