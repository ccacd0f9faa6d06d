import Testing
@Test func one() { #expect(true) }
