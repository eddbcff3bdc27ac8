"""Classes: who is in one, what it was asked and answered, and where its teacher is. Values and their register; no Streamlit."""
