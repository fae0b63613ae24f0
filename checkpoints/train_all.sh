#!/usr/bin/env bash
# Trains the checkpoints that ship with the project, again: pairs of AE and VAE at latent size 2, 5 and 20, which share
# body, seed, order of images and number of steps, one ClassifierVAE, two ladders of β and beside each a multi-rate VAE,
# which has every β, a pair of the example of one's own images, VAEs that show classic mistakes and the right one beside
# them, and the judges; then measures them. About three hours on two cores.
set -euo pipefail
cd "$(dirname "$0")/.."

# The two of a pair train side by side, a thread each: faster on few cores than two threads for one after the other.
export OMP_NUM_THREADS=1
train() { python -m vae train --seed 0 --device cpu --overwrite --replace-shipped "$@"; }

for size in 2 5 20; do
    train --epochs 60 --model ae --latent-dim "$size" --name "ae-${size}d" &
    train --epochs 60 --model vae --latent-dim "$size" --beta 1 --name "vae-${size}d"
    wait $!
done
train --epochs 60 --model classifier-vae --latent-dim 10 --beta 1 --classifier-weight 10 --name classifier-vae-10d
python -m vae shrink --replace-shipped classifier-vae-10d
python -m vae evaluate classifier-vae-10d --keep

# Ten β that share everything else, at two latent sizes, beside each ladder a run that finds its own σ, and one model of
# the same network that learns every β at once, with twice the epochs of a rung.
betas=0,0.05,0.1,0.25,0.5,1,2,4,8,16
for shape in 10:256,256 2:200,200,200; do
    size=${shape%%:*} hidden=${shape##*:}
    python -m vae sweep --name ladder --betas "$betas" --latent-dims "$size" --hidden "$hidden" --epochs 20 --device cpu \
        --replace-shipped
    train --epochs 20 --latent-dim "$size" --hidden "$hidden" --likelihood optimal-gaussian \
        --name "ladder-vae-${size}d-optimal-sigma"
    train --epochs 40 --model multi-rate-vae --latent-dim "$size" --hidden "$hidden" --name "every-vae-${size}d"
done
for run in checkpoints/ladder-* checkpoints/every-*; do
    python -m vae shrink --replace-shipped "$(basename "$run")"
done

# Classic mistakes, with the settings of vae/training/mistakes.py.
for mistake in none mean no-noise no-half kl-sign; do
    made=(--mistake "$mistake")
    [ "$mistake" = none ] && made=()
    train --epochs 5 --model vae --latent-dim 10 --hidden 128,128 --batch-size 128 --learning-rate 0.003 \
        --beta-warmup 0 "${made[@]}" --name "mistake-$mistake"
    python -m vae shrink --replace-shipped "mistake-$mistake"
    python -m vae evaluate "mistake-$mistake" --keep
done

# A pair on the example of one's own images, which is imported as soon as it is named.
for model in ae vae; do
    train --dataset clothes --precision float32 --epochs 100 --model "$model" --latent-dim 10 --name "clothes-$model-10d"
    python -m vae shrink --replace-shipped "clothes-$model-10d"
done

# The classifiers that read what they decode; half an hour more for digits, two minutes for clothes.
python -m vae judge --dataset mnist --epochs 12 --seed 0
rm -f checkpoints/judge-clothes.safetensors
cp "$(python -m vae judge --dataset clothes --json | python -c 'import json, sys; print(json.load(sys.stdin)["path"])')" \
    checkpoints/judge-clothes.safetensors

for run in checkpoints/ae-* checkpoints/vae-* checkpoints/clothes-* checkpoints/ladder-* checkpoints/every-*; do
    python -m vae evaluate "$(basename "$run")" --quality --keep
done
