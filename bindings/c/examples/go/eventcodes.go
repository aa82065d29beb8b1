// Package eventcodes finds and explains Device Management event codes, by libevent_log_codes.
package eventcodes

// #cgo pkg-config: event_log_codes
// #include <event_log_codes.h>
import "C"

import "unsafe"

// Code is an event code of the catalogue.
type Code struct {
	Name, Status, Section, PortalText, Explanation, CorrectiveAction string
}

// Match is a code found in a text. Code is nil for one that isn't in the catalogue.
type Match struct {
	Start, End int
	Code       *Code
}

// catalogue holds every code, so that a match costs no call and no copy.
var catalogue = func() []Code {
	codes := make([]Code, C.elc_count())
	for index := range codes {
		code := C.elc_code(index)
		codes[index] = Code{
			Name:             text(C.elc_code_name(code)),
			Status:           text(C.elc_code_status_name(code)),
			Section:          text(C.elc_code_section(code)),
			PortalText:       text(C.elc_code_portal_text(code)),
			Explanation:      text(C.elc_code_explanation(code)),
			CorrectiveAction: text(C.elc_code_corrective_action(code)),
		}
	}
	return codes
}()

// Lookup returns the code that name spells exactly, or nil.
func Lookup(name []byte) *Code {
	return at(C.elc_lookup(pointer(name), C.size_t(len(name))))
}

// Finder finds codes. It keeps its memory from one haystack to the next; each goroutine needs its own.
type Finder struct {
	found   []C.elc_match
	matches []Match
}

// Find returns the codes in haystack, valid until the next call.
func (f *Finder) Find(haystack []byte) []Match {
	if f.found == nil {
		f.found = make([]C.elc_match, 16)
	}
	count := f.find(haystack)
	if count > len(f.found) {
		f.found = make([]C.elc_match, count)
		f.find(haystack)
	}
	f.matches = f.matches[:0]
	for _, match := range f.found[:count] {
		f.matches = append(f.matches, Match{int(match.start), int(match.end), at(match.code)})
	}
	return f.matches
}

func (f *Finder) find(haystack []byte) int {
	return int(C.elc_find_all(pointer(haystack), C.size_t(len(haystack)), &f.found[0], C.size_t(len(f.found))))
}

func at(code C.elc_code) *Code {
	if code < 0 {
		return nil
	}
	return &catalogue[code]
}

func text(text C.elc_text) string {
	return C.GoStringN(text.data, C.int(text.len))
}

func pointer(bytes []byte) unsafe.Pointer {
	if len(bytes) == 0 {
		return nil
	}
	return unsafe.Pointer(&bytes[0])
}
