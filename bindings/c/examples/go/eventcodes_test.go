package eventcodes

import (
	"bytes"
	"encoding/csv"
	"os"
	"strings"
	"testing"
)

// The catalogue as encoding/csv reads it from the file named by CODES_CSV.
func rows(t testing.TB) [][]string {
	file, err := os.Open(os.Getenv("CODES_CSV"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

func TestCatalogue(t *testing.T) {
	rows := rows(t)
	if len(rows) != len(catalogue) {
		t.Fatalf("%d rows, %d codes", len(rows), len(catalogue))
	}
	for _, row := range rows {
		expected := Code{row[0], row[2], row[1], row[4], row[5], row[6]}
		if code := Lookup([]byte(row[0])); code == nil || *code != expected {
			t.Errorf("%v, expected %v", code, expected)
		}
		if code := Lookup([]byte(strings.ToLower(row[0]))); code != nil {
			t.Errorf("found %v in lower case", code)
		}
	}
}

func TestFind(t *testing.T) {
	haystack := []byte("device failed: UPD4_FAIL_303, then UPD4_FAIL_999")
	var finder Finder
	matches := finder.Find(haystack)
	if len(matches) != 2 || matches[0].Start != 15 || matches[0].End != 28 || matches[0].Code.Status != "fail" {
		t.Errorf("%v", matches)
	}
	if matches[1].Code != nil || string(haystack[matches[1].Start:matches[1].End]) != "UPD4_FAIL_999" {
		t.Errorf("%v", matches)
	}
	for _, nothing := range [][]byte{nil, {}, []byte("SYS_"), []byte("\xff\x00")} {
		if matches := finder.Find(nothing); len(matches) != 0 || Lookup(nothing) != nil {
			t.Errorf("%v in %q", matches, nothing)
		}
	}
}

func TestFindMany(t *testing.T) {
	var finder Finder
	for _, count := range []int{15, 16, 17, 1000} {
		matches := finder.Find(bytes.Repeat([]byte("SYS_111 "), count))
		if len(matches) != count || matches[count-1].Start != 8*(count-1) || matches[count-1].Code.Name != "SYS_111" {
			t.Errorf("%d of %d", len(matches), count)
		}
	}
}

func BenchmarkFind(b *testing.B) {
	haystack := []byte("gw-7 update[311]: device 0173bc91 failed, UPD4_FAIL_303")
	var finder Finder
	var matches []Match
	for i := 0; i < b.N; i++ {
		matches = finder.Find(haystack)
	}
	if len(matches) != 1 || matches[0].Code.Status != "fail" {
		b.Fatal(matches)
	}
}
