package import HandfastWire

/// One direction's keys and the number of the next record (RFC 5246 §6.2.3.3, RFC 5288 §3, RFC 7905 §2; RFC 9846 §5.2, §5.3).
package struct RecordProtection: ~Copyable {
  /// How a record is laid out around its ciphertext.
  private enum Form {
    /// The content type in clear, and for AES-GCM an explicit part of the nonce.
    case tls12(explicitNonce: Int)
    /// The content type inside, after the plaintext and before any padding.
    case tls13
  }

  private let key: any RecordKey
  /// The IV's first four bytes, which begin each nonce.
  private let ivHead: UInt32
  /// The other eight, to be XORed with the sequence number; 0 before an explicit part (AES-GCM in TLS 1.2), which is not.
  private let ivTail: UInt64
  private let form: Form
  private let recordLimit: UInt64
  package let suite: CipherSuite
  package let aead: AEADAlgorithm
  package private(set) var sequenceNumber: UInt64 = 0

  /// For TLS 1.2.
  package init(key: any RecordKey, fixedIV: Span<UInt8>, suite: CipherSuiteParameters, recordLimit: UInt64) {
    self.key = key
    (ivHead, ivTail) = Self.words(fixedIV)
    form = .tls12(explicitNonce: AEADAlgorithm.nonceByteCount - fixedIV.count)
    self.suite = suite.suite
    aead = suite.aead
    self.recordLimit = recordLimit
  }

  /// For TLS 1.3.
  package init(key: any RecordKey, iv: Span<UInt8>, suite: CipherSuite13, recordLimit: UInt64) {
    self.key = key
    (ivHead, ivTail) = Self.words(iv)
    form = .tls13
    self.suite = suite.suite
    aead = suite.aead
    self.recordLimit = recordLimit
  }

  private static func words(_ iv: Span<UInt8>) -> (UInt32, UInt64) {
    var (head, tail): (UInt32, UInt64) = (0, 0)
    for index in iv.indices {
      if index < 4 { head = head << 8 | UInt32(iv[index]) } else { tail = tail << 8 | UInt64(iv[index]) }
    }
    return (head, tail)
  }

  package var isTLS13: Bool {
    switch form {
    case .tls12: false
    case .tls13: true
    }
  }

  /// What a record without padding adds to its plaintext.
  package var overhead: Int {
    switch form {
    case .tls12(let explicitNonce): explicitNonce + AEADAlgorithm.tagByteCount
    case .tls13: 1 + AEADAlgorithm.tagByteCount
    }
  }

  /// How many more records these keys may protect.
  package var recordsLeft: UInt64 { recordLimit - min(sequenceNumber, recordLimit) }

  /// Appends a whole record, header included, with `padding` zeros in it (TLS 1.3 only). The one record beyond the limit is for
  /// what ends the use of the keys: a closing alert, or a KeyUpdate.
  package mutating func seal(
    _ plaintext: Span<UInt8>, type: ContentType, padding: Int = 0, into output: inout OutputSpan<UInt8>
  ) throws(TLSError) -> RecordNumbers {
    guard sequenceNumber < recordLimit || type != .applicationData && sequenceNumber == recordLimit else {
      throw .keyLimitReached(records: recordLimit)
    }
    switch form {
    case .tls12(let explicitNonce):
      let numbers = numbers12(type: type, explicitNonce: nil, plaintextCount: plaintext.count)
      appendHeader(type, length: plaintext.count + overhead, to: &output)
      for index in AEADAlgorithm.nonceByteCount - explicitNonce..<AEADAlgorithm.nonceByteCount {
        output.append(numbers.nonce[index])
      }
      let nothing = InlineArray<0, UInt8>(repeating: 0)
      return try seal(plaintext, nothing.span, numbers, into: &output)
    case .tls13:
      let length = plaintext.count + overhead + padding
      let numbers = numbers13(length: length)
      appendHeader(.applicationData, length: length, to: &output)
      guard padding > 0 else {
        let suffix = InlineArray<1, UInt8>(repeating: type.rawValue)
        return try seal(plaintext, suffix.span, numbers, into: &output)
      }
      let suffix = [type.rawValue] + [UInt8](repeating: 0, count: padding)
      return try seal(plaintext, suffix.span, numbers, into: &output)
    }
  }

  private mutating func seal(
    _ plaintext: Span<UInt8>, _ suffix: Span<UInt8>, _ numbers: RecordNumbers,
    into output: inout OutputSpan<UInt8>
  ) throws(TLSError) -> RecordNumbers {
    do throws(CryptoError) {
      try key.seal(
        plaintext, suffix: suffix, into: &output, nonce: numbers.nonce.span,
        additionalData: numbers.additionalData.span.extracting(first: numbers.additionalDataCount))
    } catch {
      throw .cryptoFailed("\(error)")
    }
    sequenceNumber += 1
    return numbers
  }

  /// Opens a record's fragment where it lies and says which part of it is the plaintext, and of what type.
  package mutating func open(
    _ fragment: inout MutableSpan<UInt8>, type: ContentType
  ) throws(TLSError) -> OpenedRecord {
    guard fragment.count >= overhead else { throw .recordTooShort(length: fragment.count) }
    switch form {
    case .tls12(let explicitNonce):
      guard sequenceNumber <= recordLimit else { throw .keyLimitReached(records: recordLimit) }
      return try open12(&fragment, type: type, explicit: explicitNonce)
    case .tls13:
      // How much a key protects is the sender's to bound, and a single forgery ends the connection (RFC 9846 §5.5).
      return try open13(&fragment)
    }
  }

  private mutating func open12(
    _ fragment: inout MutableSpan<UInt8>, type: ContentType, explicit: Int
  ) throws(TLSError) -> OpenedRecord {
    let plaintextCount = fragment.count - overhead
    var explicitNonce: UInt64?
    if explicit == 8 {
      var nonce: UInt64 = 0
      for index in 0..<8 { nonce = nonce << 8 | UInt64(fragment[index]) }
      explicitNonce = nonce
    }
    let numbers = numbers12(type: type, explicitNonce: explicitNonce, plaintextCount: plaintextCount)
    var sealed = fragment._mutatingExtracting(explicit..<fragment.count)
    try openSealed(&sealed, numbers)
    return OpenedRecord(
      plaintext: explicit..<explicit + plaintextCount, type: type, paddedCount: plaintextCount, numbers: numbers)
  }

  private mutating func open13(_ fragment: inout MutableSpan<UInt8>) throws(TLSError) -> OpenedRecord {
    let numbers = numbers13(length: fragment.count)
    try openSealed(&fragment, numbers)
    let innerCount = fragment.count - AEADAlgorithm.tagByteCount
    var end = innerCount
    while end > 0, fragment[end - 1] == 0 { end -= 1 }
    //= https://www.rfc-editor.org/rfc/rfc9846#section-5.4
    //# If a receiving implementation does not find a non-zero octet in the cleartext, it MUST terminate the connection
    //# with an "unexpected_message" alert.
    guard end > 0 else { throw .recordWithoutContentType }
    let type = ContentType(rawValue: fragment[end - 1])
    return OpenedRecord(plaintext: 0..<end - 1, type: type, paddedCount: innerCount - 1, numbers: numbers)
  }

  private mutating func openSealed(
    _ sealed: inout MutableSpan<UInt8>, _ numbers: RecordNumbers
  ) throws(TLSError) {
    let additionalData = numbers.additionalData.span.extracting(first: numbers.additionalDataCount)
    guard key.open(&sealed, nonce: numbers.nonce.span, additionalData: additionalData) else {
      throw .badRecordMAC(sequenceNumber: sequenceNumber)
    }
    sequenceNumber += 1
  }

  private func appendHeader(_ type: ContentType, length: Int, to output: inout OutputSpan<UInt8>) {
    output.append(type.rawValue)
    output.append(0x03)
    output.append(0x03)
    output.append(UInt8(truncatingIfNeeded: length >> 8))
    output.append(UInt8(truncatingIfNeeded: length))
  }

  private func numbers12(
    type: ContentType, explicitNonce: UInt64?, plaintextCount: Int
  ) -> RecordNumbers {
    var additionalData = InlineArray<13, UInt8>(repeating: 0)
    for index in 0..<8 { additionalData[index] = byte(index, of: sequenceNumber) }
    additionalData[8] = type.rawValue
    additionalData[9] = 0x03
    additionalData[10] = 0x03
    additionalData[11] = UInt8(truncatingIfNeeded: plaintextCount >> 8)
    additionalData[12] = UInt8(truncatingIfNeeded: plaintextCount)
    return RecordNumbers(
      sequenceNumber: sequenceNumber, nonce: nonce(explicit: explicitNonce), additionalData: additionalData,
      additionalDataCount: 13)
  }

  /// RFC 9846 §5.2: the record's header.
  private func numbers13(length: Int) -> RecordNumbers {
    var additionalData = InlineArray<13, UInt8>(repeating: 0)
    additionalData[0] = ContentType.applicationData.rawValue
    additionalData[1] = 0x03
    additionalData[2] = 0x03
    additionalData[3] = UInt8(truncatingIfNeeded: length >> 8)
    additionalData[4] = UInt8(truncatingIfNeeded: length)
    return RecordNumbers(
      sequenceNumber: sequenceNumber, nonce: nonce(explicit: nil), additionalData: additionalData,
      additionalDataCount: RecordHeader.byteCount)
  }

  private func nonce(explicit: UInt64?) -> InlineArray<12, UInt8> {
    let (head, tail) = (UInt64(ivHead) << 32, ivTail ^ (explicit ?? sequenceNumber))
    var nonce = InlineArray<12, UInt8>(repeating: 0)
    for index in 0..<4 { nonce[index] = byte(index, of: head) }
    for index in 0..<8 { nonce[4 + index] = byte(index, of: tail) }
    return nonce
  }
}

/// Counted from the highest.
private func byte(_ index: Int, of word: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: word >> UInt64(8 * (7 - index))) }

/// A record's content, where it lies in the fragment that was opened.
package struct OpenedRecord {
  package let plaintext: Range<Int>
  package let type: ContentType
  /// Plaintext and padding together.
  package let paddedCount: Int
  package let numbers: RecordNumbers
}

/// What an AEAD takes besides key and text.
package struct RecordNumbers: Sendable {
  package let sequenceNumber: UInt64
  package let nonce: InlineArray<12, UInt8>
  package let additionalData: InlineArray<13, UInt8>
  package let additionalDataCount: Int

  /// Two arrays, which only who traces should pay for.
  package func fact(type: ContentType, plaintextLength: Int, ciphertextLength: Int) -> RecordFact {
    RecordFact(
      type: type, sequenceNumber: sequenceNumber, nonce: [UInt8](copying: nonce.span),
      additionalData: [UInt8](copying: additionalData.span.extracting(first: additionalDataCount)),
      plaintextLength: plaintextLength, ciphertextLength: ciphertextLength)
  }
}
