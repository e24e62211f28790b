"""Reading identity documents from photographs: OpenCV, ONNX models out of installed packages, Tesseract.

The stages, each a module that can be tried alone: picture -> locate -> rectify -> detect -> orient -> read (lines) ->
assign (fields) -> measure -> mask. `reader.ExaminingReader` strings them together; `pool` runs it in worker processes.
"""
