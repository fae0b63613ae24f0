"""The weight of the KL: ladders of runs over β, and other code bases' losses read and translated."""
