import Handfast
import NIOCore

/// The half of the driver that never waits: bytes in, bytes out, and what is needed next.
///
/// `ByteBuffer` lends a `MutableRawSpan` and an `OutputRawSpan`, and without `unsafe` neither becomes the typed span that
/// `TLSConnection` works in. So records are opened and sealed in place in arrays of ours, at the price of one copy each way.
struct Engine: ~Copyable {
  enum Step {
    /// Something was consumed; call again.
    case progress
    case input
    case plaintext(ByteBuffer)
    case earlyData(ByteBuffer)
    case question(Need)
    /// The peer has said goodbye.
    case end
  }

  var connection: TLSConnection
  private var incoming: [UInt8] = []
  /// How much of `incoming` is done with.
  private var start = 0
  private(set) var peerHasClosed = false

  init(_ connection: consuming TLSConnection) { self.connection = connection }

  mutating func append(_ bytes: ByteBuffer) {
    incoming.removeSubrange(..<start)
    start = 0
    incoming.append(contentsOf: bytes.readableBytesView)
  }

  mutating func next() throws(TLSFailure) -> Step {
    guard !peerHasClosed else { return .end }
    guard start < incoming.count else { return .input }
    let first = start
    let need = try Self.receive(&incoming, from: start, by: &connection)
    start += connection.consumed
    switch need {
    case .input: return start == first ? .input : .progress
    case .plaintext(let range):
      guard !range.isEmpty else { return .progress }
      return .plaintext(ByteBuffer(bytes: incoming[first + range.lowerBound..<first + range.upperBound]))
    case .earlyData(let range):
      return .earlyData(ByteBuffer(bytes: incoming[first + range.lowerBound..<first + range.upperBound]))
    case .nothing:
      peerHasClosed = true
      return .end
    case .peerVerdict, .signature, .serverIdentity, .clientIdentity: return .question(need)
    }
  }

  private static func receive(
    _ incoming: inout [UInt8], from start: Int, by connection: inout TLSConnection
  ) throws(TLSFailure) -> Need {
    var bytes = incoming.mutableSpan
    var rest = bytes._mutatingExtracting(start...)
    return try connection.receive(&rest, count: rest.count)
  }

  mutating func receiveEndOfInput() throws(TLSFailure) {
    guard !peerHasClosed else { return }
    try connection.receiveEndOfInput()
    peerHasClosed = true
  }

  /// What is owed to the peer, if anything.
  mutating func takeOwed() -> ByteBuffer? {
    let count = connection.owedByteCount
    guard count > 0 else { return nil }
    return ByteBuffer(bytes: [UInt8](capacity: count) { connection.writeOwed(into: &$0) })
  }

  /// Seals as much of `data` as early data as the session allows; what is left of it then has to wait for the handshake.
  mutating func sealEarlyData(_ data: inout ByteBuffer) throws(TLSFailure) -> ByteBuffer {
    let stretch = min(data.readableBytes, connection.earlyDataCapacity)
    let sealed = try [UInt8](capacity: connection.sealedByteCount(of: stretch)) { output throws(TLSFailure) in
      while data.readableBytes > 0, connection.earlyDataCapacity > 0 {
        let taken = try connection.sealEarlyData(data.readableBytesUInt8Span, into: &output)
        guard taken > 0 else { break }
        data.moveReaderIndex(forwardBy: taken)
      }
    }
    return ByteBuffer(bytes: sealed)
  }

  /// Seals the next stretch of `data` into records, up to about 64 KiB. What is owed to the peer stands where it belongs: a
  /// KeyUpdate after the records under the keys that it ends.
  mutating func seal(_ data: inout ByteBuffer) throws(TLSFailure) -> ByteBuffer {
    let stretch = min(data.readableBytes, 65_536)
    let end = data.readableBytes - stretch
    var sealed = takeOwed() ?? ByteBuffer()
    while data.readableBytes > end {
      let rest = data.readableBytes - end
      let records = try [UInt8](capacity: connection.sealedByteCount(of: rest)) { output throws(TLSFailure) in
        while data.readableBytes > end {
          let taken = try connection.seal(data.readableBytesUInt8Span, into: &output)
          guard taken > 0 else { break }
          data.moveReaderIndex(forwardBy: taken)
        }
      }
      var owed = takeOwed()
      guard !records.isEmpty || owed != nil else { break }
      sealed.writeBytes(records)
      if owed != nil { sealed.setOrAppend(&owed) }
    }
    return sealed
  }
}

extension ByteBuffer {
  fileprivate mutating func setOrAppend(_ other: inout ByteBuffer?) {
    if var bytes = other.take() { writeBuffer(&bytes) }
  }
}
