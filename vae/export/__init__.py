"""Models and codes for other programs: ONNX files, tables, files for TensorBoard, and code that loads weights."""
