extension IssuingAuthority {
  /// The authority's next list, DER: what was revoked in `earlier` (DER or PEM; nil: there was none) stays so, and `certificates`
  /// (DER) are revoked now.
  ///
  /// - Parameters:
  ///   - now: Unix seconds; nil: the system's.
  ///   - seconds: How long the list holds.
  package func nextList(
    after earlier: [UInt8]?, revoking certificates: [[UInt8]], reason: RevocationReason?, now: Int64? = nil,
    holdingFor seconds: Int64
  ) throws -> [UInt8] {
    let now = now ?? SystemClock.now()
    var request = RevocationListRequest(thisUpdate: now, nextUpdate: now + seconds)
    if let earlier {
      let lists = try RevocationLists([earlier]).issued(by: fields.subject.der)
      guard let list = lists.first, list.signatureProblem(by: fields.publicKeyInfo) == nil, list.defect == nil else {
        throw IssuingError.otherList(authority: subject)
      }
      request.revoked = list.revoked.all.map { serial, entry in
        .init(serialNumber: serial, revokedAt: entry.revokedAt, reason: entry.reason)
      }
      let number = list.number.flatMap { Int($0, radix: 16) } ?? 0
      request.number = number == .max ? 1 : number + 1
    }
    for der in certificates {
      let certificate = try CertificateFields(der: der)
      guard hasIssued(der) else {
        throw IssuingError.notIssuedHere(subject: certificate.subject.text, authority: subject)
      }
      let serial = Array(certificate.serialNumber)
      guard !request.revoked.contains(where: { $0.serialNumber == serial }) else { continue }
      request.revoked.append(.init(serialNumber: serial, revokedAt: now, reason: reason))
    }
    return try revocationList(request)
  }

  /// As PEM, for a file.
  package static func pem(ofList der: [UInt8]) -> String { PEMBlock.text("X509 CRL", der) }

  /// The certificates in a PEM text or a single one in DER; the first of a chain is its owner's.
  package static func firstCertificate(in file: [UInt8]) throws -> [UInt8] {
    guard file.first != DERTag.sequence else { return file }
    let blocks = try PEMBlock.all(in: String(decoding: file, as: UTF8.self))
    guard let block = blocks.first(where: { ["CERTIFICATE", "X509 CERTIFICATE"].contains($0.label) }) else {
      throw IssuingError.noCertificate
    }
    return block.der
  }
}
