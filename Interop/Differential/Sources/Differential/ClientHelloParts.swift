/// A ClientHello in its parts (RFC 9846 §4.2.2), which may be changed one by one and put together again, lengths and all.
struct ClientHelloParts {
  struct Extension {
    var type: UInt16
    var body: [UInt8]
  }

  var recordVersion: UInt16
  var version: UInt16
  var random: [UInt8]
  var sessionID: [UInt8]
  var suites: [UInt16]
  var compressions: [UInt8]
  var extensions: [Extension]
  /// Added to the length that the handshake's header says, which is then wrong.
  var lengthError = 0
  /// Behind the extensions, within the message.
  var trailing: [UInt8] = []

  /// Nil: no ClientHello in one record.
  init?(record: [UInt8]) {
    var reader = Reader(rest: record[...])
    guard reader.number(1) == 22, let recordVersion = reader.number(2), var body = reader.vector(2),
      reader.rest.isEmpty,
      body.number(1) == 1, var hello = body.vector(3), body.rest.isEmpty,
      let version = hello.number(2), let random = hello.take(32), let sessionID = hello.vector(1),
      var suites = hello.vector(2), let compressions = hello.vector(1), var block = hello.vector(2)
    else { return nil }
    self.recordVersion = UInt16(recordVersion)
    self.version = UInt16(version)
    self.random = Array(random)
    self.sessionID = Array(sessionID.rest)
    self.suites = []
    while let suite = suites.number(2) { self.suites.append(UInt16(suite)) }
    self.compressions = Array(compressions.rest)
    extensions = []
    while let type = block.number(2), let body = block.vector(2) {
      extensions.append(Extension(type: UInt16(type), body: Array(body.rest)))
    }
  }

  var record: [UInt8] {
    let block = extensions.flatMap { Self.number($0.type) + Self.vector(2, $0.body) }
    let hello =
      Self.number(version) + random + Self.vector(1, sessionID) + Self.vector(2, suites.flatMap(Self.number))
      + Self.vector(1, compressions) + Self.vector(2, block) + trailing
    let length = max(0, hello.count + lengthError)
    let message = [1, UInt8(length >> 16 & 255), UInt8(length >> 8 & 255), UInt8(length & 255)] + hello
    return [22] + Self.number(recordVersion) + Self.vector(2, message)
  }

  static func number(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 255)] }

  /// A length that does not fit is cut: then it is wrong, too.
  static func vector(_ width: Int, _ bytes: [UInt8]) -> [UInt8] {
    (width == 1 ? [UInt8(truncatingIfNeeded: bytes.count)] : number(UInt16(truncatingIfNeeded: bytes.count))) + bytes
  }

  private struct Reader {
    var rest: ArraySlice<UInt8>

    mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
      guard rest.count >= count else { return nil }
      defer { rest.removeFirst(count) }
      return rest.prefix(count)
    }

    mutating func number(_ byteCount: Int) -> Int? { take(byteCount)?.reduce(0) { $0 << 8 | Int($1) } }

    mutating func vector(_ width: Int) -> Reader? {
      guard let count = number(width), let bytes = take(count) else { return nil }
      return Reader(rest: bytes)
    }
  }
}
