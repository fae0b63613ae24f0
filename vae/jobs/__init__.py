"""Work in other processes: training, measuring, and sweeps over settings."""
