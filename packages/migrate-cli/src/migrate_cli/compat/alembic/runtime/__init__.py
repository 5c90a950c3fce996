"""What runs: `environment` around env.py, `migration` around the scripts."""
