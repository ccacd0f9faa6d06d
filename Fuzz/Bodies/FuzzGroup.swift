/// What one input is given to. Each throws for what must never be; what is merely refused is no finding.
package enum FuzzGroup: String, CaseIterable, Sendable {
  /// Every message and extension: decode, encode, decode again.
  case decoders
  /// The record reader, protection and the joiner.
  case records
  /// Whole handshakes with a peer that lies under valid keys.
  case handshakes
  /// What comes from files: PEM, keys, identities, sessions, traces.
  case files

  package func run(_ input: [UInt8]) throws {
    switch self {
    case .decoders: try Decoders.run(input)
    case .records: try Records.run(input)
    case .handshakes: try Handshakes.run(input)
    case .files: try Files.run(input)
    }
  }
}

/// Something that no input may bring about.
package struct Violation: Error, CustomStringConvertible {
  package let description: String

  init(_ description: String) { self.description = description }
}

func require(_ condition: Bool, _ otherwise: @autoclosure () -> String) throws(Violation) {
  if !condition { throw Violation(otherwise()) }
}

/// The input's bytes, taken one after the other; zeros once they are used up.
struct Choices {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  var isEmpty: Bool { rest.isEmpty }
  mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }
  mutating func number() -> Int { Int(byte()) << 8 | Int(byte()) }
  mutating func below(_ bound: Int) -> Int { bound > 256 ? number() % bound : Int(byte()) % bound }
  mutating func bytes(_ count: Int) -> [UInt8] {
    defer { rest = rest.dropFirst(count) }
    return Array(rest.prefix(count))
  }
  mutating func remaining() -> [UInt8] { bytes(rest.count) }
}
