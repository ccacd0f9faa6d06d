/// Reads the TLS presentation language (RFC 5246 §4) from borrowed bytes. It and the codecs stay in one module: used across
/// modules it costs several times as much.
package struct WireReader: ~Escapable, ~Copyable {
  private var rest: Span<UInt8>

  @_lifetime(copy bytes)
  package init(_ bytes: Span<UInt8>) { rest = bytes }

  package var isAtEnd: Bool { rest.isEmpty }
  package var remaining: Int { rest.count }

  @_lifetime(copy self)
  package mutating func take(_ count: Int, _ field: StaticString) throws(DecodeError) -> Span<UInt8> {
    guard count <= rest.count else { throw .truncated(field: "\(field)") }
    let head = rest.extracting(first: count)
    rest = rest.extracting(droppingFirst: count)
    return head
  }

  package mutating func u8(_ field: StaticString) throws(DecodeError) -> UInt8 {
    let byte = try take(1, field)
    return byte[0]
  }

  package mutating func u16(_ field: StaticString) throws(DecodeError) -> UInt16 {
    let bytes = try take(2, field)
    return UInt16(bytes[0]) << 8 | UInt16(bytes[1])
  }

  package mutating func u32(_ field: StaticString) throws(DecodeError) -> UInt32 {
    let bytes = try take(4, field)
    return UInt32(bytes[0]) << 24 | UInt32(bytes[1]) << 16 | UInt32(bytes[2]) << 8 | UInt32(bytes[3])
  }

  package mutating func length(_ width: LengthWidth, _ field: StaticString) throws(DecodeError) -> Int {
    let bytes = try take(width.rawValue, field)
    var length = 0
    for index in bytes.indices { length = length << 8 | Int(bytes[index]) }
    return length
  }

  /// `opaque field<0..2^(8*width)-1>`, where it lies.
  @_lifetime(copy self)
  package mutating func vector(_ width: LengthWidth, _ field: StaticString) throws(DecodeError) -> Span<UInt8> {
    let count = try length(width, field)
    return try take(count, field)
  }

  /// `opaque field<0..2^(8*width)-1>`.
  package mutating func bytes(_ width: LengthWidth, _ field: StaticString) throws(DecodeError) -> [UInt8] {
    [UInt8](copying: try vector(width, field))
  }

  /// `opaque field[count]`.
  package mutating func bytes(count: Int, _ field: StaticString) throws(DecodeError) -> [UInt8] {
    [UInt8](copying: try take(count, field))
  }

  package mutating func rest(_ field: StaticString) throws(DecodeError) -> [UInt8] {
    try bytes(count: remaining, field)
  }

  /// A vector whose content is read by `body`, which must use it up.
  package mutating func nested<T: ~Copyable>(
    _ width: LengthWidth, _ field: StaticString, _ body: (inout WireReader) throws(DecodeError) -> T
  ) throws(DecodeError) -> T {
    var inner = WireReader(try vector(width, field))
    let value = try body(&inner)
    guard inner.isAtEnd else { throw .trailingBytes(field: "\(field)", count: inner.remaining) }
    return value
  }

  /// `opaque field<1..2^(8*width)-1>`.
  package mutating func filledBytes(_ width: LengthWidth, _ field: StaticString) throws(DecodeError) -> [UInt8] {
    let bytes = try bytes(width, field)
    guard !bytes.isEmpty else { throw .badLength(field: "\(field)", length: 0) }
    return bytes
  }

  /// A vector of two-byte code points with at least one element.
  package mutating func list<C: CodePoint>(_ width: LengthWidth, _ field: StaticString) throws(DecodeError) -> [C]
  where C.RawValue == UInt16 {
    let count = try length(width, field)
    guard count >= 2, count.isMultiple(of: 2) else { throw .badLength(field: "\(field)", length: count) }
    let bytes = try take(count, field)
    var list: [C] = []
    list.reserveCapacity(count / 2)
    for index in stride(from: 0, to: count, by: 2) {
      list.append(C(rawValue: UInt16(bytes[index]) << 8 | UInt16(bytes[index + 1])))
    }
    return list
  }

  /// A vector of one-byte code points with at least one element. What nearly all say is not made anew each time: `usual` itself.
  package mutating func list<C: CodePoint>(
    _ width: LengthWidth, _ field: StaticString, usual: [C] = []
  ) throws(DecodeError) -> [C] where C.RawValue == UInt8 {
    let count = try length(width, field)
    guard count >= 1 else { throw .badLength(field: "\(field)", length: count) }
    let bytes = try take(count, field)
    if count == 1, usual.count == 1, bytes[0] == usual[0].rawValue { return usual }
    var list: [C] = []
    list.reserveCapacity(count)
    for index in bytes.indices { list.append(C(rawValue: bytes[index])) }
    return list
  }
}

/// How many bytes a vector's length prefix takes.
package enum LengthWidth: Int, Sendable {
  case one = 1
  case two
  case three
}

extension [UInt8] {
  package init(copying span: Span<UInt8>) {
    // Not `init(capacity:)`, which looks up the type of the array's storage each time.
    self = []
    append(copying: span)
  }

  package mutating func append(copying span: Span<UInt8>) {
    // With no room to add, Swift 6.3 writes a count of zero into the one empty array that all threads share.
    guard !span.isEmpty else { return }
    append(addingCapacity: span.count) { output in
      for index in span.indices { output.append(span[index]) }
    }
  }
}
