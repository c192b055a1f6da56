"""Pictures of graphs: from a graph or a trace to a diagram, a layout, an SVG, a stepper or a live graph."""
