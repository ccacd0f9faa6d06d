package import HandfastWire

/// One direction's keys and the number of the next record (RFC 5246 §6.2.3.3, RFC 5288 §3, RFC 7905 §2).
package struct RecordProtection: ~Copyable {
  private let key: any RecordKey
  /// 4 bytes before an explicit part (AES-GCM), or 12 to be XORed with the sequence number (ChaCha20-Poly1305).
  private let fixedIV: [UInt8]
  private let recordLimit: UInt64
  package let suite: CipherSuiteParameters
  package private(set) var sequenceNumber: UInt64 = 0

  package init(key: any RecordKey, fixedIV: [UInt8], suite: CipherSuiteParameters, recordLimit: UInt64) {
    self.key = key
    self.fixedIV = fixedIV
    self.suite = suite
    self.recordLimit = recordLimit
  }

  package var explicitNonceByteCount: Int { AEADAlgorithm.nonceByteCount - fixedIV.count }
  package var overhead: Int { explicitNonceByteCount + AEADAlgorithm.tagByteCount }

  /// Appends a whole record, header included. The one record beyond the limit is for the closing alert.
  package mutating func seal(
    _ plaintext: Span<UInt8>, type: ContentType, into output: inout OutputSpan<UInt8>
  ) throws(TLSError) -> RecordNumbers {
    guard sequenceNumber < recordLimit || type == .alert && sequenceNumber == recordLimit else {
      throw .keyLimitReached(records: recordLimit)
    }
    let numbers = numbers(type: type, explicitNonce: nil, plaintextCount: plaintext.count)
    let length = plaintext.count + overhead
    output.append(type.rawValue)
    output.append(0x03)
    output.append(0x03)
    output.append(UInt8(truncatingIfNeeded: length >> 8))
    output.append(UInt8(truncatingIfNeeded: length))
    for index in fixedIV.count..<AEADAlgorithm.nonceByteCount where explicitNonceByteCount > 0 {
      output.append(numbers.nonce[index])
    }
    do throws(CryptoError) {
      try key.seal(
        plaintext, into: &output, nonce: numbers.nonce.span, additionalData: numbers.additionalData.span)
    } catch {
      throw .cryptoFailed("\(error)")
    }
    sequenceNumber += 1
    return numbers
  }

  /// Opens a record's fragment where it lies and says which part of it is the plaintext.
  package mutating func open(
    _ fragment: inout MutableSpan<UInt8>, type: ContentType
  ) throws(TLSError) -> (plaintext: Range<Int>, numbers: RecordNumbers) {
    guard fragment.count >= overhead else { throw .recordTooShort(length: fragment.count) }
    guard sequenceNumber <= recordLimit else { throw .keyLimitReached(records: recordLimit) }
    let explicit = explicitNonceByteCount
    let plaintextCount = fragment.count - overhead
    var explicitNonce: InlineArray<8, UInt8>?
    if explicit == 8 {
      var nonce = InlineArray<8, UInt8>(repeating: 0)
      for index in 0..<8 { nonce[index] = fragment[index] }
      explicitNonce = nonce
    }
    let numbers = numbers(type: type, explicitNonce: explicitNonce, plaintextCount: plaintextCount)
    var sealed = fragment._mutatingExtracting(explicit..<fragment.count)
    guard key.open(&sealed, nonce: numbers.nonce.span, additionalData: numbers.additionalData.span) else {
      throw .badRecordMAC(sequenceNumber: sequenceNumber)
    }
    sequenceNumber += 1
    return (explicit..<explicit + plaintextCount, numbers)
  }

  private func numbers(type: ContentType, explicitNonce: InlineArray<8, UInt8>?, plaintextCount: Int) -> RecordNumbers {
    var nonce = InlineArray<12, UInt8>(repeating: 0)
    var additionalData = InlineArray<13, UInt8>(repeating: 0)
    for index in 0..<8 {
      let byte = UInt8(truncatingIfNeeded: sequenceNumber >> UInt64(8 * (7 - index)))
      nonce[4 + index] = byte
      additionalData[index] = byte
    }
    if let explicitNonce {
      for index in explicitNonce.indices { nonce[fixedIV.count + index] = explicitNonce[index] }
    }
    for index in fixedIV.indices { nonce[index] ^= fixedIV[index] }
    additionalData[8] = type.rawValue
    additionalData[9] = 0x03
    additionalData[10] = 0x03
    additionalData[11] = UInt8(truncatingIfNeeded: plaintextCount >> 8)
    additionalData[12] = UInt8(truncatingIfNeeded: plaintextCount)
    return RecordNumbers(sequenceNumber: sequenceNumber, nonce: nonce, additionalData: additionalData)
  }
}

/// What an AEAD takes besides key and text.
package struct RecordNumbers: Sendable {
  package let sequenceNumber: UInt64
  package let nonce: InlineArray<12, UInt8>
  package let additionalData: InlineArray<13, UInt8>

  package func fact(type: ContentType, plaintextLength: Int, ciphertextLength: Int) -> RecordFact {
    RecordFact(
      type: type, sequenceNumber: sequenceNumber, nonce: [UInt8](copying: nonce.span),
      additionalData: [UInt8](copying: additionalData.span), plaintextLength: plaintextLength,
      ciphertextLength: ciphertextLength)
  }
}
