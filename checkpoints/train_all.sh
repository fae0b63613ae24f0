#!/usr/bin/env bash
# Trains the checkpoints that ship with the project, again: pairs of AE and VAE at latent size 2, 5 and 20, which share
# body, seed, order of images and number of steps, one ClassifierVAE, and the judge. About an hour on two cores.
set -euo pipefail
cd "$(dirname "$0")/.."

# The two of a pair train side by side, a thread each: faster on few cores than two threads for one after the other.
export OMP_NUM_THREADS=1
train() { python -m vae train --epochs 60 --seed 0 --device cpu --overwrite "$@"; }

for size in 2 5 20; do
    train --model ae --latent-dim "$size" --name "ae-${size}d" &
    train --model vae --latent-dim "$size" --beta 1 --name "vae-${size}d"
    wait $!
done
train --model classifier-vae --latent-dim 10 --beta 1 --classifier-weight 10 --name classifier-vae-10d

# The classifier that reads what they decode; half an hour more.
python -m vae judge --dataset mnist --epochs 12 --seed 0
