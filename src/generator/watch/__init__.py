"""What should be and is not: a letter that was missed or stopped, mail that waits, a list that nobody copies.

`facts` reads what is known, `findings` judges it, and nothing else does: `status`, `send`, `doctor`, /health, /metrics
and alerts say what they find here.
"""
