extension String {
  /// For text that a peer wrote and a person reads: whatever steers a terminal or the direction of writing becomes visible
  /// ("\u{1b}"), so that a certificate cannot draw its own verdict on the screen.
  package var safeForDisplay: String {
    // Most text is printable ASCII, in which nothing steers.
    if utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) { return self }
    guard unicodeScalars.contains(where: \.steersDisplay) else { return self }
    var text = ""
    for scalar in unicodeScalars {
      if scalar.steersDisplay {
        text += "\\u{\(String(scalar.value, radix: 16))}"
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}

extension Unicode.Scalar {
  fileprivate var steersDisplay: Bool {
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse: true
    default: false
    }
  }
}
