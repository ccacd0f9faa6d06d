import HandfastCore
import HandfastWire

extension CodePoint {
  /// The registry's name with the number that stands in the message: "x25519 (0x001d)".
  package var coded: String { name.map { "\($0) (\(hex))" } ?? description }
}
