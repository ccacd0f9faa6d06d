import HandfastCore
import Testing

@testable import HandfastTrust

@Suite struct RevocationListParsingTests {
  private let der: [UInt8]
  private let pki: DevelopmentPKI

  init() throws {
    pki = try DevelopmentPKI()
    der = try pki.revocationList(revoking: try pki.issue(.client("alice")).chain, reason: .superseded)
  }

  @Test func `a list is described by issuer, number, dates and count`() throws {
    let lists = try RevocationLists([der])
    let description = try #require(lists.descriptions.first)
    #expect(description.issuer == "CN=Test Intermediate")
    #expect(description.number == "1")
    #expect(description.thisUpdate == testTime - 600)
    #expect(description.nextUpdate == testTime + 7 * 86_400)
    #expect(description.count == 2)
    #expect(description.problem == nil)
  }

  @Test func `lists come as DER, or as PEM with text around and several blocks in one file`() throws {
    let pem = "Certificate Revocation List:\n" + PEMBlock.text("X509 CRL", der) + PEMBlock.text("X509 CRL", der)
    #expect(try RevocationLists([Array(pem.utf8), der]).descriptions.count == 3)
  }

  @Test func `what is no list gets an error that says so`() {
    #expect(throws: RevocationListError.noList) { try RevocationLists([Array("hello".utf8)]) }
    #expect(throws: RevocationListError.noList) { try RevocationLists([[]]) }
    #expect(throws: RevocationListError.noList) { try RevocationLists([Array(pki.rootPEM.utf8)]) }
    #expect(throws: RevocationListError.self) { try RevocationLists([pki.rootDER]) }
    #expect(throws: RevocationListError.tooMany(limit: 1024)) {
      try RevocationLists([[UInt8]](repeating: der, count: 1025))
    }
  }

  @Test func `every truncation of a list is refused`() {
    for count in der.indices { #expect(throws: (any Error).self) { try RevocationList(der: Array(der.prefix(count))) } }
  }

  @Test func `a list with any byte changed is refused or read, and never trusted`() throws {
    let issuer = try CertificateFields(der: pki.intermediateDER)
    for index in der.indices {
      for bit in [UInt8(1), 0x80] {
        var damaged = der
        damaged[index] ^= bit
        guard let list = try? RevocationList(der: damaged) else { continue }
        #expect(list.signatureProblem(by: issuer.publicKeyInfo) != nil, "byte \(index), bit \(bit)")
      }
    }
  }

  @Test func `lengths that are not DER are refused`() throws {
    for bytes: [UInt8] in [
      [0x30, 0x80], [0x30, 0x81, 0x01, 0], [0x30, 0x82, 0, 0x80], [0x30, 0x85, 1, 1, 1, 1, 1], [0x30],
    ] {
      var walker = DERWalker(bytes + [UInt8](repeating: 0, count: bytes.count > 1 ? 0x80 : 0))
      #expect(throws: (any Error).self) { try walker.next() }
    }
  }
}
