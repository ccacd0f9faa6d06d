import HandfastCore
import HandfastCrypto
import HandfastTestKit
import HandfastWire

/// A stream of records in clear, joined as the specification says whatever the cuts; or one record under keys, which opens only
/// if nobody touched it.
enum Records {
  private static let messageLimit = 1 << 16

  static func run(_ input: [UInt8], provider: any CryptoProvider = DefaultCryptoProvider()) throws {
    var choices = Choices(input)
    let kind = choices.byte()
    if kind & 1 == 0 {
      try readClear(choices.remaining())
    } else {
      try readProtected(isTLS13: kind & 2 == 0, &choices, provider)
    }
  }

  private static func readClear(_ stream: [UInt8]) throws {
    var reader = RecordReader()
    var joiner = HandshakeJoiner(messageLimit: messageLimit)
    var out = HandshakeOutput(isTracing: false, limits: Limits(), provider: DefaultCryptoProvider())
    var (joined, payload): ([UInt8], [UInt8]) = ([], [])
    for record in WireRecord.parse(stream).records {
      var bytes = record.bytes
      guard (try? reader.header(in: bytes.span)) != nil else { break }
      bytes = record.fragment
      var fragment = bytes.mutableSpan
      guard let opened = try? reader.open(&fragment, type: record.type, &out) else { break }
      guard opened.type == .handshake else { continue }
      payload += record.fragment
      guard (try? join(record.fragment.span, &joiner, &joined)) != nil else { break }
    }
    try require(payload.starts(with: joined), "the joiner made up bytes")
    let whole = WireMessage.parse(payload).messages.prefix { $0.body.count + 4 <= messageLimit }
    try require(whole.flatMap(\.bytes) == joined, "the joiner lost or added a message")
  }

  /// As a connection does: whole messages where they lie, the others from what was kept.
  private static func join(
    _ payload: Span<UInt8>, _ joiner: inout HandshakeJoiner, _ joined: inout [UInt8]
  ) throws(TLSError) {
    var rest = payload
    while let frame = try joiner.frame(in: rest) {
      joined.append(copying: frame.raw)
      rest = rest.extracting(droppingFirst: frame.raw.count)
    }
    joiner.append(rest)
    while let length = try joiner.nextLength() {
      joined.append(copying: joiner.next(length).raw)
      joiner.drop(length, expectsMore: true)
    }
  }

  private static func readProtected(
    isTLS13: Bool, _ choices: inout Choices, _ provider: any CryptoProvider
  ) throws {
    let types: [ContentType] = [.handshake, .applicationData, .alert]
    let type = types[choices.below(3)]
    let (position, mask) = (choices.number(), choices.byte())
    let plaintext = choices.remaining()
    guard !plaintext.isEmpty, plaintext.count <= RecordReader.maximumFragment else { return }
    var sender = try protection(isTLS13, provider)
    var record: [UInt8] = []
    try record.append(addingCapacity: plaintext.count + 64) { output in
      _ = try sender.seal(plaintext.span, type: type, into: &output)
    }
    // The version in the header is not looked at once keys are in use.
    let index = position % record.count
    let isDamaged = mask != 0 && index != 1 && index != 2
    if isDamaged { record[index] ^= mask }
    var reader = RecordReader()
    let joiner = HandshakeJoiner(messageLimit: messageLimit)
    reader.install(try protection(isTLS13, provider), at: try joiner.boundary())
    guard let header = try? reader.header(in: record.span) else {
      return try require(isDamaged, "a good header is refused")
    }
    var out = HandshakeOutput(isTracing: false, limits: Limits(), provider: DefaultCryptoProvider())
    var fragment = Array(record.dropFirst(RecordHeader.byteCount).prefix(Int(header.length)))
    // A reader is asked once the whole record is there.
    guard fragment.count == Int(header.length) else { return try require(isDamaged, "a good header lies") }
    var span = fragment.mutableSpan
    guard let opened = try? reader.open(&span, type: header.type, &out) else {
      return try require(isDamaged, "a good record is refused")
    }
    if isDamaged {
      let isInClear = isTLS13 && (opened.type == .changeCipherSpec || opened.type == .alert) && index == 0
      return try require(isInClear, "a record opens although byte \(index) was changed")
    }
    try require(opened.type == type && Array(fragment[opened.range]) == plaintext, "a record opens to something else")
  }

  private static func protection(_ isTLS13: Bool, _ provider: any CryptoProvider) throws -> RecordProtection {
    let (key, iv) = ([UInt8](repeating: 7, count: 16), [UInt8](repeating: 9, count: isTLS13 ? 12 : 4))
    let recordKey = try provider.recordKey(.aes128GCM, key: key.span)
    if isTLS13, let suite = CipherSuite13(.aes128GCMSHA256) {
      return RecordProtection(key: recordKey, iv: iv.span, suite: suite, recordLimit: 1 << 20)
    }
    guard let suite = CipherSuiteParameters(.ecdheECDSAWithAES128GCMSHA256) else { throw CryptoError.unsupported }
    return RecordProtection(key: recordKey, fixedIV: iv.span, suite: suite, recordLimit: 1 << 20)
  }
}
