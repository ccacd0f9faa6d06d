/// Welch's t of two classes of measurements, kept as running moments (Reparaz, Balasch, Verbauwhede: "Dude, is my code constant
/// time?", 2017).
struct Welch {
  private var counts = [0.0, 0.0]
  private var means = [0.0, 0.0]
  private var squares = [0.0, 0.0]

  mutating func add(_ value: Double, to kind: Int) {
    counts[kind] += 1
    let delta = value - means[kind]
    means[kind] += delta / counts[kind]
    squares[kind] += delta * (value - means[kind])
  }

  /// Nil: too little was measured.
  var t: Double? {
    guard counts[0] > 2, counts[1] > 2 else { return nil }
    let spread = (0...1).map { squares[$0] / (counts[$0] - 1) / counts[$0] }
    let scale = (spread[0] + spread[1]).squareRoot()
    return scale > 0 ? (means[0] - means[1]) / scale : 0
  }

  /// The largest |t| over all measurements and over those below each of some percentiles: what the system adds is above.
  static func largest(_ samples: [(kind: Int, time: Double)]) -> Double {
    let sorted = samples.map(\.time).sorted()
    var largest = 0.0
    for percent in [50, 75, 90, 95, 99, 100] {
      let limit = sorted[min(sorted.count - 1, sorted.count * percent / 100)]
      var welch = Welch()
      for sample in samples where sample.time <= limit { welch.add(sample.time, to: sample.kind) }
      largest = max(largest, abs(welch.t ?? 0))
    }
    return largest
  }
}
